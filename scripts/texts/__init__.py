"""What the code can show to a reader, collected for the catalogues: English texts that are the keys of translations."""
