// Only says where the module begins: OPA is chosen by -modfile, one file for each version.
module harness-image-guard/opa-reference

go 1.22
