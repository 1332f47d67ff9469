/* schemas: which fields the kinds have that are validated strictly. Rows as schema.h describes them. Data
 * only. */
#ifndef LF_SANDBOX_SCHEMAS_H
#define LF_SANDBOX_SCHEMAS_H

extern const char lf_schema_metadata[]; /* what every object may have */

/* Shared parts, named with @ in the rows of others. */
extern const char lf_schema_template[], lf_schema_podspec[], lf_schema_container[], lf_schema_probe[],
    lf_schema_source[];

extern const char lf_schema_namespace[], lf_schema_pod[], lf_schema_service[], lf_schema_configmap[],
    lf_schema_secret[];
extern const char lf_schema_deployment[], lf_schema_statefulset[];
extern const char lf_schema_ocirepository[], lf_schema_helmrepository[], lf_schema_helmchart[],
    lf_schema_helmrelease[]; /* schemas_helm.c */
extern const char lf_schema_gitrepository[], lf_schema_kustomization[], lf_schema_application[],
    lf_schema_appproject[];

#endif
