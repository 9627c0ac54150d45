"""What a plan does to people, money and land: who pays, three cases, and the impact score."""
