package pipeline

deny[msg] {
  crypto.x509.parse_certificates(input.certificate)
  graphql.is_valid("{}", "type Query")
  msg := "x"
}
