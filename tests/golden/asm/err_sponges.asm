.sponges 3
