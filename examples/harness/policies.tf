resource "harness_platform_policy" "harness_image_connector_pipeline" {
  identifier = "harness_image_connector_pipeline"
  name       = "Stages use the harnessImage connector - pipeline"
  rego       = file("${path.module}/harness_image_connector_pipeline.rego")
}

resource "harness_platform_policy" "harness_image_connector_template" {
  identifier = "harness_image_connector_template"
  name       = "Stages use the harnessImage connector - template"
  rego       = file("${path.module}/harness_image_connector_template.rego")
}

resource "harness_platform_policy" "harness_image_registry_connector" {
  identifier = "harness_image_registry_connector"
  name       = "The harnessImage connector matches the specification - connector"
  rego       = file("${path.module}/harness_image_registry_connector.rego")
}

resource "harness_platform_policy" "harness_images_only_pipeline" {
  identifier = "harness_images_only_pipeline"
  name       = "Only Harness's own images come through Harness's registry - pipeline"
  rego       = file("${path.module}/harness_images_only_pipeline.rego")
}

resource "harness_platform_policy" "harness_images_only_template" {
  identifier = "harness_images_only_template"
  name       = "Only Harness's own images come through Harness's registry - template"
  rego       = file("${path.module}/harness_images_only_template.rego")
}

resource "harness_platform_policy" "no_docker_hub_pipeline" {
  identifier = "no_docker_hub_pipeline"
  name       = "Nothing is pulled straight from Docker Hub - pipeline"
  rego       = file("${path.module}/no_docker_hub_pipeline.rego")
}

resource "harness_platform_policy" "no_docker_hub_template" {
  identifier = "no_docker_hub_template"
  name       = "Nothing is pulled straight from Docker Hub - template"
  rego       = file("${path.module}/no_docker_hub_template.rego")
}

resource "harness_platform_policy" "no_docker_hub_connector" {
  identifier = "no_docker_hub_connector"
  name       = "Nothing is pulled straight from Docker Hub - connector"
  rego       = file("${path.module}/no_docker_hub_connector.rego")
}

resource "harness_platform_policyset" "harness_image_guard_pipeline_onsave" {
  identifier = "harness_image_guard_pipeline_onsave"
  name       = "Image policies - pipeline onsave"
  action     = "onsave"
  type       = "pipeline"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_connector_pipeline.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.harness_images_only_pipeline.identifier
    severity   = "warning"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_pipeline.identifier
    severity   = "error"
  }
}

resource "harness_platform_policyset" "harness_image_guard_pipeline_onrun" {
  identifier = "harness_image_guard_pipeline_onrun"
  name       = "Image policies - pipeline onrun"
  action     = "onrun"
  type       = "pipeline"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_connector_pipeline.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.harness_images_only_pipeline.identifier
    severity   = "warning"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_pipeline.identifier
    severity   = "error"
  }
}

resource "harness_platform_policyset" "harness_image_guard_custom_onstep" {
  identifier = "harness_image_guard_custom_onstep"
  name       = "Image policies - custom onstep"
  action     = "onstep"
  type       = "custom"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_connector_pipeline.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.harness_images_only_pipeline.identifier
    severity   = "warning"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_pipeline.identifier
    severity   = "error"
  }
}

resource "harness_platform_policyset" "harness_image_guard_template_onsave" {
  identifier = "harness_image_guard_template_onsave"
  name       = "Image policies - template onsave"
  action     = "onsave"
  type       = "template"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_connector_template.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.harness_images_only_template.identifier
    severity   = "warning"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_template.identifier
    severity   = "error"
  }
}

resource "harness_platform_policyset" "harness_image_guard_connector_onsave" {
  identifier = "harness_image_guard_connector_onsave"
  name       = "Image policies - connector onsave"
  action     = "onsave"
  type       = "connector"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_registry_connector.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_connector.identifier
    severity   = "error"
  }
}
