"""Passwords a person can read off a screen and type: four short words and a number, about forty bits, made afresh for each installation."""

from __future__ import annotations

import secrets

_WORDS = """
acorn amber anchor apple april arrow aspen autumn badger baker bamboo banjo barley basil basket beacon beaver berry birch biscuit
bishop blanket blossom bottle bracken branch bramble breeze bridge bronze brook bucket button cabin camel candle canoe canvas carbon
castle cedar cellar cherry chestnut cider cinder circle clover cobalt cobble copper coral cotton cricket crystal curlew daisy dapple
dawn delta denim dolphin donkey dragon drizzle eagle ebony elder ember engine fable falcon feather fennel fern ferry fiddle finch
flint forest fossil fountain fox galaxy garden garnet gentle ginger glacier glider gold gorse granite grape gravel guitar hamlet
hammer harbour harvest hazel heather hedge heron hollow honey hornet iris island ivory ivy jasmine jersey jigsaw juniper kettle
kestrel kitten ladder lagoon lantern larch lark laurel lemon lilac linen lobster locket lupin magnet magpie mallow maple marble
marigold marsh meadow melon mercury mint mirror mistle mitten moorland mosaic mulberry muslin mustard nectar needle nettle nimbus
nutmeg oasis oatmeal ocean olive onyx opal orbit orchard otter oyster paddle pancake parcel parsley parsnip pebble pelican pepper
pewter pigeon pilot plover plum pocket poplar poppy prairie primrose pumpkin puzzle quartz quill quince rabbit radish rainbow
raven ribbon river robin rocket rosemary saddle saffron sage salmon sandal sapphire satchel scarlet shadow shingle silver skylark
sorrel sparrow spindle spruce starling sugar summit sunset swallow tangle teapot thimble thistle thunder timber topaz tulip tundra
turnip valley velvet violet walnut willow winter wren yarrow zephyr
"""
WORDS: tuple[str, ...] = tuple(_WORDS.split())


def new_password() -> str:
    """For example ``lantern-otter-maple-482`` with one more word."""
    words = [secrets.choice(WORDS) for _ in range(4)]
    return "-".join([*words, f"{secrets.randbelow(900) + 100}"])
