"""Floor 4, pure: conduct, place and date to the rules that apply and the elements that are missing."""
