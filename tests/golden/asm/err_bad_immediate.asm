  push.3x
