/** The picture that a run leaves behind: one HTML page without anything from elsewhere. */
package io.headwater.driver.report;
