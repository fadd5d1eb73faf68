"""What the public and the hidden tests share: expectations with messages that teach, and facts about results."""
