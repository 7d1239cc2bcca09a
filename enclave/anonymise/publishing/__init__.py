"""From a read file to a published version: prepare a draft, weigh it, publish it."""
