{kind}
