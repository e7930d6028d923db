package dev.ebb.kinds;

/// A column of `kubectl get`, in the words of `additionalPrinterColumns`.
///
/// @param type `string`, `integer`, `date` (shown as an age) or `boolean`
/// @param jsonPath in kubectl's JSONPath dialect, with a leading dot: `.status.url`
/// @param priority 0 is always shown, more only with `-o wide`
public record PrinterColumn(
    String name, String type, String jsonPath, String description, int priority) {}
