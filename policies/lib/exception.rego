# METADATA
# title: Whether an exception of the configuration is about a finding
# description: |
#   An exception is `{rule, subject, image}`, a finding `{rule, subject, images}`: all the images that a place can have
#   and that are found; null, or no images, where one says nothing of it. Files and days aren't compared here: of a file Harness's OPA knows nothing, and what
#   has expired isn't asked about.
package harness_image_guard.lib.exception

import data.harness_image_guard.lib.pattern
import rego.v1

# covers holds where a finding is all that an exception says.
covers(exception, finding) if {
	_is_rule(exception.rule, finding.rule)
	_describes(exception.subject, finding.subject)
	_describes_each(exception.image, finding.images)
}

_is_rule(wanted, _) if wanted == null

_is_rule(wanted, rule) if wanted == rule

_describes(star, _) if star == null

# One image that nobody has excepted is enough.
_describes_each(star, _) if star == null

_describes_each(star, texts) if {
	texts != []
	count([1 | some text in texts; _describes(star, text)]) == count(texts)
}

_describes(star, text) if {
	is_string(star)
	is_string(text)
	pattern.matches(star, text)
}
