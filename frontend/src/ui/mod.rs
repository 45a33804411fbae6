//! Components without a clinical word: buttons, fields, scales, dialogs, tables, the page around them.
