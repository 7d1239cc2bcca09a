"""From a raw file to a version that answers: parse in the jail, classify, propose, treat, link, publish. Rows stop here."""
