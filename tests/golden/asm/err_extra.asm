read read
