"""What is posted where and when."""
