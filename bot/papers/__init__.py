"""What a paper is and where it comes from."""
