.stack # three
