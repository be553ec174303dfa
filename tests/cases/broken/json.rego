{"package": "pipeline"}
