/** Text from checkpoints, and how well they predict it. */
package io.headwater.driver.text;
