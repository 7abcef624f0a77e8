/** Models to and from the folders that Hugging Face's libraries write and read. */
package io.headwater.driver.interchange;
