// Written from src/report and src/inventory by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

/** What the types of `report.ts` and `inventory.ts` are in JSON, by their names. */
export const reportSchemas = {
  "Applicability": {
    "description": "Whether a fix may be applied without asking.",
    "oneOf": [
      {
        "const": "safe",
        "description": "It does what the rule demands.",
        "type": "string"
      },
      {
        "const": "unsafe",
        "description": "Somebody has to decide that it is right: another image may be pulled afterwards.",
        "type": "string"
      }
    ]
  },
  "ConnectorListReport": {
    "description": "A list of connectors that exist only in the account.",
    "properties": {
      "days": {
        "description": "How many days that was before the day of the check; `null` if one of the two is unknown.",
        "format": "int32",
        "type": [
          "integer",
          "null"
        ]
      },
      "file": {
        "description": "The file's path, as it was given.",
        "type": "string"
      },
      "madeAt": {
        "description": "When the account had these connectors, as the list says it (`madeAt`).",
        "type": [
          "string",
          "null"
        ]
      }
    },
    "required": [
      "file",
      "madeAt",
      "days"
    ],
    "type": "object"
  },
  "Diagnostic": {
    "description": "What a rule, or the check itself, reports about one place.",
    "properties": {
      "docs": {
        "description": "The address of the page that explains the rule.",
        "type": [
          "string",
          "null"
        ]
      },
      "document": {
        "description": "The document's index in the file, from 0; `null` if it is about the whole file.",
        "format": "uint",
        "minimum": 0,
        "type": [
          "integer",
          "null"
        ]
      },
      "end": {
        "$ref": "#/components/schemas/Position",
        "description": "Where it ends, exclusive."
      },
      "entity": {
        "description": "The kind of entity that it is about, such as `pipeline`.",
        "type": [
          "string",
          "null"
        ]
      },
      "exception": {
        "anyOf": [
          {
            "$ref": "#/components/schemas/Exception"
          },
          {
            "type": "null"
          }
        ],
        "description": "The exception that suppresses it; `null` if it counts, or a baseline suppresses it."
      },
      "file": {
        "description": "The file's path, as it was given.",
        "type": "string"
      },
      "fix": {
        "anyOf": [
          {
            "$ref": "#/components/schemas/Fix"
          },
          {
            "type": "null"
          }
        ],
        "description": "The edits that fix it; `null` if there is no fix, or none that is certain."
      },
      "help": {
        "description": "What to write instead.",
        "type": [
          "string",
          "null"
        ]
      },
      "images": {
        "description": "The images that it is about; if there are very many, the first ones.",
        "items": {
          "type": "string"
        },
        "type": "array"
      },
      "message": {
        "description": "What is wrong, in one sentence.",
        "type": "string"
      },
      "path": {
        "description": "The path from the document's root; empty for the whole document. A key of more than 500 characters is cut.",
        "items": {
          "$ref": "#/components/schemas/PathStep"
        },
        "type": "array"
      },
      "related": {
        "description": "Other places that it depends on: where the value of an expression is written.",
        "items": {
          "$ref": "#/components/schemas/Related"
        },
        "type": "array"
      },
      "rule": {
        "description": "The rule's identity, such as `no-docker-hub`. With the verdict `error`, what went wrong: `unreadable`, `syntax`,\n`unknown-entity`, `too-deep`, `limit`, `policy`; `image-exists` if a registry wasn't asked or didn't answer.",
        "type": "string"
      },
      "severity": {
        "$ref": "#/components/schemas/Severity",
        "description": "How serious it is."
      },
      "start": {
        "$ref": "#/components/schemas/Position",
        "description": "Where it starts."
      },
      "subject": {
        "description": "The place in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.",
        "type": [
          "string",
          "null"
        ]
      },
      "suppressed": {
        "description": "Why it doesn't count; `null` unless it is suppressed.",
        "type": [
          "string",
          "null"
        ]
      },
      "verdict": {
        "$ref": "#/components/schemas/Verdict",
        "description": "What the rule concluded."
      }
    },
    "required": [
      "rule",
      "verdict",
      "severity",
      "message",
      "entity",
      "subject",
      "path",
      "file",
      "document",
      "start",
      "end",
      "help",
      "docs",
      "fix",
      "suppressed",
      "exception",
      "images",
      "related"
    ],
    "type": "object"
  },
  "DocumentReport": {
    "description": "One YAML document of a file.",
    "properties": {
      "entity": {
        "description": "The kind of entity that it is; `null` if it is none, or not known.",
        "type": [
          "string",
          "null"
        ]
      },
      "identifier": {
        "description": "The entity's `identifier` (v0) or `id` (v1).",
        "type": [
          "string",
          "null"
        ]
      },
      "index": {
        "description": "Its index in the file, from 0.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "reason": {
        "description": "What it is if it isn't applicable, such as `a Kubernetes resource (Service)`; else `null`.",
        "type": [
          "string",
          "null"
        ]
      },
      "status": {
        "$ref": "#/components/schemas/Status",
        "description": "The result of checking it."
      }
    },
    "required": [
      "index",
      "entity",
      "identifier",
      "status",
      "reason"
    ],
    "type": "object"
  },
  "Edit": {
    "description": "A range of the file, and the text that replaces it.",
    "properties": {
      "end": {
        "$ref": "#/components/schemas/Position",
        "description": "Its end, exclusive; equal to the start if text is only inserted."
      },
      "start": {
        "$ref": "#/components/schemas/Position",
        "description": "The start of the range."
      },
      "text": {
        "description": "The new text.",
        "type": "string"
      }
    },
    "required": [
      "start",
      "end",
      "text"
    ],
    "type": "object"
  },
  "Exception": {
    "description": "What suppresses a finding until a day.",
    "properties": {
      "file": {
        "description": "The file with the comment, or the configuration.",
        "type": "string"
      },
      "kind": {
        "$ref": "#/components/schemas/ExceptionKind",
        "description": "Where it is written."
      },
      "line": {
        "description": "The line of the comment, or of the exception in the configuration, from 1.",
        "format": "uint32",
        "minimum": 0,
        "type": "integer"
      },
      "reason": {
        "description": "The reason that it names, if any.",
        "type": [
          "string",
          "null"
        ]
      },
      "until": {
        "description": "Its last day, such as `2027-03-01`; `null` if it has none.",
        "type": [
          "string",
          "null"
        ]
      }
    },
    "required": [
      "kind",
      "file",
      "line",
      "until",
      "reason"
    ],
    "type": "object"
  },
  "ExceptionKind": {
    "description": "Where an exception is written.",
    "oneOf": [
      {
        "const": "comment",
        "description": "A comment in the file.",
        "type": "string"
      },
      {
        "const": "configuration",
        "description": "The configuration.",
        "type": "string"
      }
    ]
  },
  "Existence": {
    "description": "Whether an image can be pulled.",
    "oneOf": [
      {
        "const": "there",
        "description": "Yes.",
        "type": "string"
      },
      {
        "const": "missing",
        "description": "It isn't there.",
        "type": "string"
      },
      {
        "const": "denied",
        "description": "The registry denies access, or it isn't there.",
        "type": "string"
      },
      {
        "const": "unknown",
        "description": "It isn't known: see the reason.",
        "type": "string"
      }
    ]
  },
  "FileReport": {
    "description": "One file and its documents.",
    "properties": {
      "documents": {
        "description": "Its documents in order; empty for an empty file, or one that couldn't be read.",
        "items": {
          "$ref": "#/components/schemas/DocumentReport"
        },
        "type": "array"
      },
      "path": {
        "description": "The path as it was given.",
        "type": "string"
      }
    },
    "required": [
      "path",
      "documents"
    ],
    "type": "object"
  },
  "Fix": {
    "description": "The edits of a file that fix one finding: all of them or none.\n\nWith these edits, the finding is gone and there is no new one. Everything around them stays as it is: comments,\nquotes, indentation and line breaks.",
    "properties": {
      "applicability": {
        "$ref": "#/components/schemas/Applicability",
        "description": "Whether they may be applied without asking."
      },
      "edits": {
        "description": "Sorted by place; no two overlap or touch.",
        "items": {
          "$ref": "#/components/schemas/Edit"
        },
        "type": "array"
      },
      "title": {
        "description": "What they do, as a short sentence in the imperative.",
        "type": "string"
      }
    },
    "required": [
      "applicability",
      "title",
      "edits"
    ],
    "type": "object"
  },
  "Fixed": {
    "description": "The outcome of fixing files.",
    "properties": {
      "files": {
        "description": "The files that changed, sorted by path.",
        "items": {
          "$ref": "#/components/schemas/FixedFile"
        },
        "type": "array"
      },
      "report": {
        "$ref": "#/components/schemas/Report",
        "description": "The findings that are left, with their positions in the changed files."
      }
    },
    "required": [
      "files",
      "report"
    ],
    "type": "object"
  },
  "FixedFile": {
    "description": "A file that changed.",
    "properties": {
      "fixes": {
        "description": "How many findings were fixed in it.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "path": {
        "description": "The path as it was given.",
        "type": "string"
      },
      "text": {
        "description": "Its new text.",
        "type": "string"
      }
    },
    "required": [
      "path",
      "text",
      "fixes"
    ],
    "type": "object"
  },
  "Image": {
    "description": "One image that a run pulls, at one place.",
    "properties": {
      "condition": {
        "description": "What it depends on that the files don't decide: `if …`; `null` if there is nothing.",
        "type": [
          "string",
          "null"
        ]
      },
      "connector": {
        "description": "The connector's reference as written; `null` if there is none. For one of Harness's own images without\na written reference, the one that Harness uses.",
        "type": [
          "string",
          "null"
        ]
      },
      "connectorType": {
        "description": "The connector's type, if its file, the configuration or the specification says it.",
        "type": [
          "string",
          "null"
        ]
      },
      "connectorUrl": {
        "description": "The URL of a connector to a Docker registry, if it is known.",
        "type": [
          "string",
          "null"
        ]
      },
      "document": {
        "description": "The document's index in the file, from 0.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "end": {
        "$ref": "#/components/schemas/Position",
        "description": "Where it ends, exclusive."
      },
      "entity": {
        "description": "The kind of entity that it is in.",
        "type": "string"
      },
      "file": {
        "description": "The file's path, as it was given.",
        "type": "string"
      },
      "fullName": {
        "description": "The name that is pulled, as Harness makes it from image and connector, and Docker reads it:\n`docker.io/library/maven:3`. Expressions in it stay. `null` if it is unknown.",
        "type": [
          "string",
          "null"
        ]
      },
      "hub": {
        "description": "Whether the registry is Docker Hub.",
        "type": "boolean"
      },
      "image": {
        "description": "The image as written, without spaces around it. For one of Harness's own, its repository: no file\nsays the version.",
        "type": "string"
      },
      "literal": {
        "description": "Whether there is no expression in `fullName`, so that a registry can be asked about it; `false` if it is unknown.",
        "type": "boolean"
      },
      "origin": {
        "$ref": "#/components/schemas/Origin",
        "description": "Whether the file names it, or Harness pulls it for itself to run the stage."
      },
      "path": {
        "description": "The path from the document's root.",
        "items": {
          "$ref": "#/components/schemas/PathStep"
        },
        "type": "array"
      },
      "pipeline": {
        "description": "The identifier of the entity.",
        "type": [
          "string",
          "null"
        ]
      },
      "registry": {
        "description": "The host that it is pulled from, `docker.io` for Docker Hub; `null` if it is unknown.",
        "type": [
          "string",
          "null"
        ]
      },
      "stage": {
        "description": "The identifier, or else the name, of the innermost stage.",
        "type": [
          "string",
          "null"
        ]
      },
      "start": {
        "$ref": "#/components/schemas/Position",
        "description": "Where the image starts. For one of Harness's own, where the connector's reference starts, or else the\ntype of what the stage runs on."
      },
      "step": {
        "description": "The identifier, or else the name, of the step.",
        "type": [
          "string",
          "null"
        ]
      },
      "subject": {
        "description": "The place in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.",
        "type": "string"
      },
      "unknown": {
        "description": "Why the registry is unknown; `null` if it isn't.",
        "type": [
          "string",
          "null"
        ]
      },
      "verification": {
        "anyOf": [
          {
            "$ref": "#/components/schemas/Verification"
          },
          {
            "type": "null"
          }
        ],
        "description": "What its registry says about it; only there if registries were asked."
      }
    },
    "required": [
      "image",
      "fullName",
      "literal",
      "registry",
      "hub",
      "unknown",
      "connector",
      "connectorType",
      "connectorUrl",
      "origin",
      "condition",
      "entity",
      "subject",
      "pipeline",
      "stage",
      "step",
      "path",
      "file",
      "document",
      "start",
      "end"
    ],
    "type": "object"
  },
  "Inventory": {
    "description": "Every image of the files.\n\nThe same files and configuration give the same bytes on every host.",
    "properties": {
      "images": {
        "description": "Every image, sorted by file and offset; with Harness's own if they were asked for.",
        "items": {
          "$ref": "#/components/schemas/Image"
        },
        "type": "array"
      },
      "problems": {
        "description": "What couldn't be read, or not to its end: `images` lacks its images.",
        "items": {
          "$ref": "#/components/schemas/Diagnostic"
        },
        "type": "array"
      },
      "schemaVersion": {
        "description": "The version of this format: 1.",
        "format": "uint32",
        "minimum": 0,
        "type": "integer"
      },
      "summary": {
        "$ref": "#/components/schemas/InventorySummary",
        "description": "The counts."
      }
    },
    "required": [
      "schemaVersion",
      "images",
      "summary",
      "problems"
    ],
    "type": "object"
  },
  "InventorySummary": {
    "description": "Counts of the whole inventory.",
    "properties": {
      "images": {
        "description": "Places at which an image is pulled.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "registries": {
        "description": "The registries, sorted by name; what is unknown comes last.",
        "items": {
          "$ref": "#/components/schemas/RegistryCount"
        },
        "type": "array"
      },
      "unknown": {
        "description": "Places where the registry is unknown.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      }
    },
    "required": [
      "images",
      "registries",
      "unknown"
    ],
    "type": "object"
  },
  "Omitted": {
    "description": "How many diagnostics of one kind in one document aren't listed. The report lists the first ones of the\ndocument, as many as it lists of a kind at most.",
    "properties": {
      "count": {
        "description": "How many there are.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "document": {
        "description": "The document's index in the file, from 0.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "file": {
        "description": "The file's path, as it was given.",
        "type": "string"
      },
      "rule": {
        "description": "The rule's identity.",
        "type": "string"
      },
      "safeFixes": {
        "description": "How many of them have a safe fix.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "severity": {
        "$ref": "#/components/schemas/Severity",
        "description": "How serious each is."
      },
      "suppressed": {
        "description": "Whether an exception suppresses them.",
        "type": "boolean"
      },
      "unsafeFixes": {
        "description": "How many of them have an unsafe fix.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "verdict": {
        "$ref": "#/components/schemas/Verdict",
        "description": "What the rule concluded."
      }
    },
    "required": [
      "file",
      "document",
      "rule",
      "verdict",
      "severity",
      "suppressed",
      "count",
      "safeFixes",
      "unsafeFixes"
    ],
    "type": "object"
  },
  "Origin": {
    "description": "Why an image is pulled.",
    "oneOf": [
      {
        "const": "file",
        "description": "The file names it.",
        "type": "string"
      },
      {
        "const": "harness",
        "description": "Harness pulls it for itself, in a version that the account decides.",
        "type": "string"
      }
    ]
  },
  "PathStep": {
    "anyOf": [
      {
        "description": "An index of a list.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      {
        "description": "A key of a mapping.",
        "type": "string"
      }
    ],
    "description": "One step of a path into a document: a key, or an index of a list (from 0)."
  },
  "Position": {
    "description": "A place in a file.",
    "properties": {
      "column": {
        "description": "From 1, in Unicode code points.",
        "format": "uint32",
        "minimum": 0,
        "type": "integer"
      },
      "line": {
        "description": "From 1.",
        "format": "uint32",
        "minimum": 0,
        "type": "integer"
      },
      "offset": {
        "description": "From 0, in bytes of UTF-8.",
        "format": "uint32",
        "minimum": 0,
        "type": "integer"
      }
    },
    "required": [
      "line",
      "column",
      "offset"
    ],
    "type": "object"
  },
  "RegistryCount": {
    "description": "The counts for one registry.",
    "properties": {
      "distinct": {
        "description": "Different full names among these; for unknown ones, different images as written.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "images": {
        "description": "Places at which an image is pulled from it.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "registry": {
        "description": "Its host; `null` for all unknown ones.",
        "type": [
          "string",
          "null"
        ]
      }
    },
    "required": [
      "registry",
      "images",
      "distinct"
    ],
    "type": "object"
  },
  "Related": {
    "description": "A place that a diagnostic depends on.",
    "properties": {
      "document": {
        "description": "The document's index in the file, from 0.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "end": {
        "$ref": "#/components/schemas/Position",
        "description": "Where it ends, exclusive."
      },
      "file": {
        "description": "The file's path, as it was given.",
        "type": "string"
      },
      "message": {
        "description": "What is there.",
        "type": "string"
      },
      "start": {
        "$ref": "#/components/schemas/Position",
        "description": "Where it starts."
      }
    },
    "required": [
      "file",
      "document",
      "start",
      "end",
      "message"
    ],
    "type": "object"
  },
  "Report": {
    "description": "The result of a check.\n\nThe same files and configuration give the same bytes on every host.",
    "properties": {
      "connectorLists": {
        "description": "The lists of connectors that the configuration names, in the order of their files.",
        "items": {
          "$ref": "#/components/schemas/ConnectorListReport"
        },
        "type": "array"
      },
      "diagnostics": {
        "description": "The diagnostics, sorted by file, offset and rule, without those that `omitted` counts.",
        "items": {
          "$ref": "#/components/schemas/Diagnostic"
        },
        "type": "array"
      },
      "files": {
        "description": "Every file that was given, sorted by path, with its documents.",
        "items": {
          "$ref": "#/components/schemas/FileReport"
        },
        "type": "array"
      },
      "omitted": {
        "description": "Counts of the diagnostics beyond the most that are listed of one kind in one document, sorted like\nthe diagnostics; nearly always empty.",
        "items": {
          "$ref": "#/components/schemas/Omitted"
        },
        "type": "array"
      },
      "schemaVersion": {
        "description": "The version of this format: 1.",
        "format": "uint32",
        "minimum": 0,
        "type": "integer"
      },
      "summary": {
        "$ref": "#/components/schemas/Summary",
        "description": "The counts."
      }
    },
    "required": [
      "schemaVersion",
      "diagnostics",
      "omitted",
      "files",
      "connectorLists",
      "summary"
    ],
    "type": "object"
  },
  "Severity": {
    "description": "How serious a diagnostic is, from `note` to `error`.",
    "oneOf": [
      {
        "const": "note",
        "description": "Worth knowing.",
        "type": "string"
      },
      {
        "const": "warning",
        "description": "Should be fixed, but stops nobody.",
        "type": "string"
      },
      {
        "const": "error",
        "description": "Stops.",
        "type": "string"
      }
    ]
  },
  "Status": {
    "description": "The result of checking one document.",
    "oneOf": [
      {
        "const": "pass",
        "description": "No findings.",
        "type": "string"
      },
      {
        "const": "fail",
        "description": "At least one violation.",
        "type": "string"
      },
      {
        "const": "undecided",
        "description": "No violation, but something that depends on an expression or on another file.",
        "type": "string"
      },
      {
        "const": "error",
        "description": "It couldn't be checked, or not to its end.",
        "type": "string"
      },
      {
        "const": "not-applicable",
        "description": "No rule applies to this kind of document.",
        "type": "string"
      }
    ]
  },
  "Summary": {
    "description": "Counts of the whole report, including what `omitted` counts.",
    "properties": {
      "documents": {
        "description": "Documents in them.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "errors": {
        "description": "Diagnostics of the severity `error` that aren't suppressed.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "files": {
        "description": "Files that were given.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "suppressed": {
        "description": "Diagnostics that are suppressed.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "undecided": {
        "description": "Diagnostics with the verdict `undecided`, of any severity, that aren't suppressed.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "warnings": {
        "description": "Diagnostics of the severity `warning` that aren't suppressed.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      }
    },
    "required": [
      "files",
      "documents",
      "errors",
      "warnings",
      "undecided",
      "suppressed"
    ],
    "type": "object"
  },
  "Verdict": {
    "description": "What a rule concluded.",
    "oneOf": [
      {
        "const": "violation",
        "description": "The rule isn't met.",
        "type": "string"
      },
      {
        "const": "undecided",
        "description": "It depends on an expression, or on something that isn't checked.",
        "type": "string"
      },
      {
        "const": "error",
        "description": "It couldn't be checked.",
        "type": "string"
      }
    ]
  },
  "Verification": {
    "additionalProperties": false,
    "description": "What is known of an image in its registry.",
    "properties": {
      "digest": {
        "description": "The digest that the tag points to; `null` if it isn't known.",
        "type": [
          "string",
          "null"
        ]
      },
      "platforms": {
        "description": "Its platforms, such as `linux/arm64/v8`; `null` if they weren't requested.",
        "items": {
          "type": "string"
        },
        "type": [
          "array",
          "null"
        ]
      },
      "reason": {
        "description": "Why it can't be pulled, or isn't known; `null` if it is there.",
        "type": [
          "string",
          "null"
        ]
      },
      "verdict": {
        "$ref": "#/components/schemas/Existence",
        "description": "Whether it can be pulled."
      }
    },
    "required": [
      "verdict",
      "digest",
      "platforms",
      "reason"
    ],
    "type": "object"
  }
} as const;
