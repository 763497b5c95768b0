"""The pairs behind the numbers, as the browser of transcripts has them."""
