// Written from src/report and src/inventory by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

/** What the types of `report.ts` and `inventory.ts` are in JSON, by their names. */
export const reportSchemas = {
  "Applicability": {
    "description": "Whether a fix may be made without asking.",
    "oneOf": [
      {
        "const": "safe",
        "description": "It does what the rule demands.",
        "type": "string"
      },
      {
        "const": "unsafe",
        "description": "Somebody has to know that it is right: another image may be pulled afterwards.",
        "type": "string"
      }
    ]
  },
  "ConnectorListReport": {
    "description": "A list of connectors that exist only in the account.",
    "properties": {
      "days": {
        "description": "How many days ago that is, by the day of the check; `null` where one of the two is unknown.",
        "format": "int32",
        "type": [
          "integer",
          "null"
        ]
      },
      "file": {
        "description": "The file, as it was handed in.",
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
    "description": "One thing that a rule, or the check itself, has to say about one place.",
    "properties": {
      "docs": {
        "description": "The address of the page that explains the rule.",
        "type": [
          "string",
          "null"
        ]
      },
      "document": {
        "description": "The document's place in the file, from 0; `null` where it is about the whole file.",
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
        "description": "The kind of entity that it is about.",
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
        "description": "The exception by which it doesn't count; `null` where it counts, or is suppressed by a baseline."
      },
      "file": {
        "description": "The file, as it was handed in.",
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
        "description": "The edits that fix it; `null` where no rule proposes any, or they can't be made with\ncertainty."
      },
      "help": {
        "description": "What to write instead.",
        "type": [
          "string",
          "null"
        ]
      },
      "images": {
        "description": "The images that it is about, the first of them where they are very many.",
        "items": {
          "type": "string"
        },
        "type": "array"
      },
      "message": {
        "description": "One sentence for a person.",
        "type": "string"
      },
      "path": {
        "description": "The place in the document, from its root; empty for the document as a whole. A key of more than\n500 characters is cut.",
        "items": {
          "$ref": "#/components/schemas/PathStep"
        },
        "type": "array"
      },
      "related": {
        "description": "Other places that it rests on: where the value of an expression is written.",
        "items": {
          "$ref": "#/components/schemas/Related"
        },
        "type": "array"
      },
      "rule": {
        "description": "The rule's identity, `no-docker-hub`; for an `error` what went wrong: `unreadable`,\n`syntax`, `unknown-entity`, `too-deep`, `limit`, `policy`.",
        "type": "string"
      },
      "severity": {
        "$ref": "#/components/schemas/Severity",
        "description": "How much it weighs."
      },
      "start": {
        "$ref": "#/components/schemas/Position",
        "description": "Where it starts."
      },
      "subject": {
        "description": "Where that is in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.",
        "type": [
          "string",
          "null"
        ]
      },
      "suppressed": {
        "description": "Why it doesn't count, where it was suppressed.",
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
        "description": "The Harness entity that it holds; `null` where it is none, or unknown.",
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
        "description": "Its place in the file, from 0.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "reason": {
        "description": "Why a document is not applicable, such as `a Kubernetes resource (Service)`; else `null`.",
        "type": [
          "string",
          "null"
        ]
      },
      "status": {
        "$ref": "#/components/schemas/Status",
        "description": "What the check came to."
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
    "description": "A stretch of the file and what to write in its place.",
    "properties": {
      "end": {
        "$ref": "#/components/schemas/Position",
        "description": "Where it ends, exclusive; at the start where text is only put in."
      },
      "start": {
        "$ref": "#/components/schemas/Position",
        "description": "Where what goes away starts."
      },
      "text": {
        "description": "What is written instead.",
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
    "description": "What keeps a finding from counting, until a day.",
    "properties": {
      "file": {
        "description": "The file with the comment, or the configuration.",
        "type": "string"
      },
      "kind": {
        "$ref": "#/components/schemas/ExceptionKind",
        "description": "What makes it."
      },
      "line": {
        "description": "The line of the comment, or of the exception in the configuration, from 1.",
        "format": "uint32",
        "minimum": 0,
        "type": "integer"
      },
      "reason": {
        "description": "Why; `null` where nobody says.",
        "type": [
          "string",
          "null"
        ]
      },
      "until": {
        "description": "Its last day, `2027-03-01`; `null` where it has none.",
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
    "description": "What makes an exception.",
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
        "description": "It can.",
        "type": "string"
      },
      {
        "const": "missing",
        "description": "It isn't there.",
        "type": "string"
      },
      {
        "const": "denied",
        "description": "The registry doesn't let us see it, or it isn't there.",
        "type": "string"
      },
      {
        "const": "unknown",
        "description": "Nobody knows, for the reason.",
        "type": "string"
      }
    ]
  },
  "FileReport": {
    "description": "One file and its documents.",
    "properties": {
      "documents": {
        "description": "Its YAML documents in order; none for an empty file or one that could not be read.",
        "items": {
          "$ref": "#/components/schemas/DocumentReport"
        },
        "type": "array"
      },
      "path": {
        "description": "The path as it was handed in.",
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
    "description": "The edits of a file that fix one finding: all of them or none.\n\nAfter them the finding is gone and no new one is there, and nothing is changed but what they\nsay: comments, quotes, indentation and line breaks around them stay.",
    "properties": {
      "applicability": {
        "$ref": "#/components/schemas/Applicability",
        "description": "Whether they may be made without asking."
      },
      "edits": {
        "description": "Sorted by place, and apart from each other.",
        "items": {
          "$ref": "#/components/schemas/Edit"
        },
        "type": "array"
      },
      "title": {
        "description": "What they do: a short sentence in the imperative.",
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
    "description": "What fixing came to.",
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
        "description": "What is left, with the places as they are in the changed files."
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
        "description": "The path as it was handed in.",
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
        "description": "What it depends on that the files leave open: `if …`.",
        "type": [
          "string",
          "null"
        ]
      },
      "connector": {
        "description": "The connector's reference as written; `null` where there is none. For an image of Harness's\nown where none is written, the one that Harness takes.",
        "type": [
          "string",
          "null"
        ]
      },
      "connectorType": {
        "description": "The connector's type, where its file or the configuration says it, or the specification.",
        "type": [
          "string",
          "null"
        ]
      },
      "connectorUrl": {
        "description": "The URL of a Docker registry's connector, where that is known.",
        "type": [
          "string",
          "null"
        ]
      },
      "document": {
        "description": "The document's place in the file, from 0.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "end": {
        "$ref": "#/components/schemas/Position",
        "description": "Where it ends, exclusive."
      },
      "entity": {
        "description": "The kind of entity that holds it.",
        "type": "string"
      },
      "file": {
        "description": "The file, as it was handed in.",
        "type": "string"
      },
      "fullName": {
        "description": "The name that is pulled, as Harness makes it of image and connector and Docker reads it:\n`docker.io/library/maven:3`. An expression in it stays. `null` where it is unknown.",
        "type": [
          "string",
          "null"
        ]
      },
      "hub": {
        "description": "Whether that is Docker Hub.",
        "type": "boolean"
      },
      "image": {
        "description": "The image as written, without spaces around it; the repository of one of Harness's own,\nwhose version no file says.",
        "type": "string"
      },
      "origin": {
        "$ref": "#/components/schemas/Origin",
        "description": "Whether the file names it, or Harness pulls it for itself to run the stage."
      },
      "path": {
        "description": "The place in the document, from its root.",
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
        "description": "The host that it is pulled from, `docker.io` for Docker Hub; `null` where it is unknown.",
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
        "description": "Where the image starts; for one of Harness's own, the connector's reference, or else what the\nstage runs on."
      },
      "step": {
        "description": "The identifier, or else the name, of the step.",
        "type": [
          "string",
          "null"
        ]
      },
      "subject": {
        "description": "Where that is in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.",
        "type": "string"
      },
      "unknown": {
        "description": "Why it is unknown.",
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
        "description": "What its registry says of it; there only where the registries were asked."
      }
    },
    "required": [
      "image",
      "fullName",
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
    "description": "Every image of the files, in one value.\n\nThe same files and configuration give the same bytes on every host.",
    "properties": {
      "images": {
        "description": "Every image, sorted by file and offset. Harness's own are there where they are asked for.",
        "items": {
          "$ref": "#/components/schemas/Image"
        },
        "type": "array"
      },
      "problems": {
        "description": "What could not be read, or not be looked at to its end: images of it are missing above.",
        "items": {
          "$ref": "#/components/schemas/Diagnostic"
        },
        "type": "array"
      },
      "schemaVersion": {
        "description": "The version of this contract: 1.",
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
    "description": "Counts over the whole inventory.",
    "properties": {
      "images": {
        "description": "Places at which an image is pulled.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "registries": {
        "description": "Each registry, sorted by name; what is unknown comes last.",
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
    "description": "Diagnostics of one kind in one document that aren't listed: the report has as many of their kind as\nare listed at most, the first ones of the document.",
    "properties": {
      "count": {
        "description": "How many there are.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "document": {
        "description": "The document's place in the file, from 0.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "file": {
        "description": "The file, as it was handed in.",
        "type": "string"
      },
      "rule": {
        "description": "The rule's identity.",
        "type": "string"
      },
      "safeFixes": {
        "description": "How many of them have a fix that is safe.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "severity": {
        "$ref": "#/components/schemas/Severity",
        "description": "How much each weighs."
      },
      "suppressed": {
        "description": "Whether each is suppressed by an exception.",
        "type": "boolean"
      },
      "unsafeFixes": {
        "description": "How many of them have a fix that somebody has to ask for.",
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
    "description": "Who says that an image is pulled.",
    "oneOf": [
      {
        "const": "file",
        "description": "The file names it.",
        "type": "string"
      },
      {
        "const": "harness",
        "description": "Harness pulls it for itself, in the version that the account decides.",
        "type": "string"
      }
    ]
  },
  "PathStep": {
    "anyOf": [
      {
        "description": "A place in a list.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      {
        "description": "A key of a mapping.",
        "type": "string"
      }
    ],
    "description": "One step of a path into a document: a key, or a place in a list (from 0)."
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
    "description": "What comes from one registry.",
    "properties": {
      "distinct": {
        "description": "Different names among these; of those unknown, as written.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "images": {
        "description": "Places at which something is pulled from it.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "registry": {
        "description": "Its host; `null` for all that is unknown.",
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
    "description": "A place that a diagnostic rests on.",
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
        "description": "The file, as it was handed in.",
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
    "description": "Everything a check has to say, in one value.\n\nThe same files and configuration give the same bytes on every host.",
    "properties": {
      "connectorLists": {
        "description": "The lists of connectors that the configuration names, in the order of their files.",
        "items": {
          "$ref": "#/components/schemas/ConnectorListReport"
        },
        "type": "array"
      },
      "diagnostics": {
        "description": "The diagnostics, sorted by file, offset and rule: all, but for those that `omitted` counts.",
        "items": {
          "$ref": "#/components/schemas/Diagnostic"
        },
        "type": "array"
      },
      "files": {
        "description": "Every file that was handed in, sorted by path, with what it held.",
        "items": {
          "$ref": "#/components/schemas/FileReport"
        },
        "type": "array"
      },
      "omitted": {
        "description": "What was found beyond the most that is listed of one kind in one document, sorted like the\ndiagnostics; nearly always empty.",
        "items": {
          "$ref": "#/components/schemas/Omitted"
        },
        "type": "array"
      },
      "schemaVersion": {
        "description": "The version of this contract: 1.",
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
    "description": "How much a diagnostic weighs; `Note` is the least.",
    "oneOf": [
      {
        "const": "note",
        "description": "Worth knowing.",
        "type": "string"
      },
      {
        "const": "warning",
        "description": "To be fixed, but it stops nobody.",
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
    "description": "What checking one document came to.",
    "oneOf": [
      {
        "const": "pass",
        "description": "Nothing to say.",
        "type": "string"
      },
      {
        "const": "fail",
        "description": "At least one violation.",
        "type": "string"
      },
      {
        "const": "undecided",
        "description": "No violation, but something that an expression or another file would decide.",
        "type": "string"
      },
      {
        "const": "error",
        "description": "It could not be checked, or not to its end.",
        "type": "string"
      },
      {
        "const": "not-applicable",
        "description": "No policy is about this kind of document.",
        "type": "string"
      }
    ]
  },
  "Summary": {
    "description": "Counts over the whole report, with what `omitted` counts.",
    "properties": {
      "documents": {
        "description": "Documents in them.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "errors": {
        "description": "Diagnostics of severity `error` that count.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "files": {
        "description": "Files handed in.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "suppressed": {
        "description": "Diagnostics that were suppressed.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "undecided": {
        "description": "Diagnostics with the verdict `undecided` that count, of whatever severity.",
        "format": "uint",
        "minimum": 0,
        "type": "integer"
      },
      "warnings": {
        "description": "Diagnostics of severity `warning` that count.",
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
        "description": "The rule is broken.",
        "type": "string"
      },
      {
        "const": "undecided",
        "description": "An expression, or something that isn't checked, would decide.",
        "type": "string"
      },
      {
        "const": "error",
        "description": "The thing could not be checked.",
        "type": "string"
      }
    ]
  },
  "Verification": {
    "additionalProperties": false,
    "description": "What is known of an image in its registry.",
    "properties": {
      "digest": {
        "description": "What the tag points to; `null` where that isn't known.",
        "type": [
          "string",
          "null"
        ]
      },
      "platforms": {
        "description": "Such as `linux/arm64/v8`; `null` where they weren't asked for.",
        "items": {
          "type": "string"
        },
        "type": [
          "array",
          "null"
        ]
      },
      "reason": {
        "description": "Why it isn't there; `null` where it is.",
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
