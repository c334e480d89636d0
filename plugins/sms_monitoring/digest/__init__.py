"""The daily digest: one local day of the product as an e-mail, sent once."""
