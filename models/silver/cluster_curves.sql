/*---
description: One row a number of clusters that a training tried.
columns:
  - name: model
    description: Name of the trained model.
    data_tests: [not_null]
  - name: version
    description: Version that the training made.
    data_tests: [not_null]
  - name: trained_at
    description: When, UTC.
  - name: k
    description: Number of clusters.
    data_tests: [not_null]
  - name: wcss
    description: Within-cluster sum of squares, in standardised features.
  - name: silhouette
    description: Mean silhouette.
  - name: shuffled_silhouette
    description: The same where each feature is shuffled by itself.
  - name: bootstrap_ari
    description: Mean adjusted Rand index against clusters of rows drawn anew.
  - name: smallest_share
    description: Share of the rows in the smallest cluster, 0 to 1.
  - name: is_chosen
    description: Whether the version has so many clusters.
    data_tests: [not_null]
  - name: structure
    description: weak or clear, of the version.
data_tests:
  - unique: { columns: [model, version, k] }
---*/

with

cluster_curves as (

    select
        model,
        version,
        trained_at,
        k,
        wcss,
        silhouette,
        shuffled_silhouette,
        bootstrap_ari,
        smallest_share,
        is_chosen,
        structure

    from {{source 'bronze.cluster_curves'}}

)

select * from cluster_curves
