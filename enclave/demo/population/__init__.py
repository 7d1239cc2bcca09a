"""A generated population of two districts, in the dirty registers of five agencies, with known effects and the truth kept aside.

Nobody in it exists. Names are drawn from common lists, numbers from ranges that are issued to no one, neighbourhoods are invented.
"""
