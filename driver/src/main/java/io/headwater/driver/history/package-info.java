/** Past runs, from the records in their folders: {@code RunHistory} finds them. */
package io.headwater.driver.history;
