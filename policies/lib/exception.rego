# METADATA
# title: Whether an exception of the configuration is about a finding
# description: |
#   An exception is `{rule, subject, image}`, where a field that it doesn't have is null. A finding is
#   `{rule, subject, images}`, with every image that is reported at its place, `[]` for none. Files and
#   days aren't compared here: Harness's OPA knows no files, and expired exceptions aren't passed in.
package harness_image_guard.lib.exception

import data.harness_image_guard.lib.pattern
import rego.v1

# covers holds if a finding matches every field of an exception.
covers(exception, finding) if {
	_is_rule(exception.rule, finding.rule)
	_describes(exception.subject, finding.subject)
	_describes_each(exception.image, finding.images)
}

_is_rule(wanted, _) if wanted == null

_is_rule(wanted, rule) if wanted == rule

_describes(star, _) if star == null

_describes_each(star, _) if star == null

# A single image that the exception doesn't match keeps the finding.
_describes_each(star, texts) if {
	texts != []
	not _misses_one(star, texts)
}

_misses_one(star, texts) if {
	some text in texts
	not _describes(star, text)
}

_describes(star, text) if {
	is_string(star)
	is_string(text)
	pattern.matches(star, text)
}
