/**
 * Tests of what an operator installs: the Helm chart, the plain manifests, the alert rules and the
 * dashboards, each rendered or checked by the tool that reads it in production.
 */
package io.headwater.deploy;
