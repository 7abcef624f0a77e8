/**
 * Where documents come from: files, compressed files and archives on any Hadoop file system, cut
 * into documents and decoded from UTF-8.
 */
package io.headwater.corpus.source;
