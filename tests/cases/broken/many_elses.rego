package pipeline

kind := 0 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	false
} else := 1 {
	true
}
