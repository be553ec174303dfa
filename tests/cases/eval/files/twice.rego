package a

x = 1

package b
