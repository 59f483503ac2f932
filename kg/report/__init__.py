"""One HTML file that shows a graph, or a part of one, without a server: to be sent to a colleague."""
