resource "harness_platform_connector_docker" "harness_image" {
  identifier = "harnessImage"
  name       = "harnessImage"
  type       = "Other"
  url        = "https://app.harness.io/registry"
}
