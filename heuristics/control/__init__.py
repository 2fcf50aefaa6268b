"""Rules about common control: which addresses were probably controlled together at a time."""
