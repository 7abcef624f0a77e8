import type {AnnotationQuery, Dashboard} from "@grafana/schema";

/** A type as JSON writes its values: an enumeration by the text of its members. */
type Json<T> = T extends string
  ? `${T}`
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? {[Key in keyof T]: Json<T[Key]>}
      : T;

/** What Prometheus's data source adds to an annotation; the schema knows only what all of them have. */
interface PrometheusAnnotation {
  expr: string;
  step: string;
  titleFormat: string;
}

export type DashboardJson = Json<Omit<Dashboard, "annotations">> & {
  annotations: {list: (Json<AnnotationQuery> & PrometheusAnnotation)[]};
};
