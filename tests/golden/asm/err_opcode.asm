noop
  pusk.3
