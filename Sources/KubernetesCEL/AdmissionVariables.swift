internal import CEL

/// What an admission policy's expressions can name, and the types of it.
package enum AdmissionVariables {
}
