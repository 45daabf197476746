package io.diskwright.core.config;

/** A value as written, and where. */
record Written(String text, Origin origin) {}
