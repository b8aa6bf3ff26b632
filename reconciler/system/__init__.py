"""What the operating system gives to every room: other programs, threads, and a clock that nobody sets.

Each module promises one thing and knows nothing of the product. No secret of this process reaches another program.
"""
