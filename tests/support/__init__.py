"""What tests share: the clock they set and the databases they get."""
