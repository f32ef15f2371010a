"""The domain: who is paid, what is compared, what is sent. It owns the words and the port."""
