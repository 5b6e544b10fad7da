/*---
description: >-
  One row a number of clusters that was tried for the clustering that serves, with what speaks for it.
  Chosen is the k whose silhouette lies farthest above that of shuffled columns, among those without
  a cluster under 5 % and with a bootstrap ARI of at least 0.7; where no k passes, the most stable one,
  called weak. Empty until clusters are trained.
columns:
  - name: k
    description: Number of clusters.
    data_tests: [unique, not_null]
  - name: silhouette
    description: >-
      Mean silhouette, -1 to 1: how much nearer songs lie to their own cluster than to the next one.
    data_tests: [not_null]
  - name: shuffled_silhouette
    description: >-
      The same where each feature is shuffled by itself, so that nothing goes together: what is to
      be seen in noise.
    data_tests: [not_null]
  - name: wcss
    description: Within-cluster sum of squares, in standardised features; it falls with k by itself.
    data_tests: [not_null]
  - name: bootstrap_ari
    description: >-
      Mean adjusted Rand index against clusters of songs drawn anew: 1 the same clusters, 0 as by
      chance.
    data_tests: [not_null]
  - name: smallest_share
    description: Share of the songs in the smallest cluster, 0 to 1; below 0.05 it is taken for outliers.
    data_tests: [not_null]
  - name: passes
    description: Whether the k passes all three tests.
    data_tests: [not_null]
  - name: is_chosen
    description: Whether the clustering that serves has so many clusters.
    data_tests: [not_null]
  - name: structure
    description: >-
      clear or weak, of the chosen k: weak where no k passes, and where even the chosen one has a
      silhouette below 0.25.
    data_tests:
      - accepted_values: { values: [clear, weak] }
  - name: model_version
    description: Version of mood_clustering that serves.
    data_tests: [not_null]
  - name: trained_at
    description: When it was trained, UTC.
---*/

with

cluster_curves as (

    select * from {{ref 'cluster_curves'}}

    where model = 'mood_clustering'

),

model_decisions as (

    select * from {{ref 'model_decisions'}}

    where model = 'mood_clustering'

),

serving as (

    select max_by(serves, decision_number) filter (where serves is not null) as version
    from model_decisions

),

curve_serving as (

    select
        cluster_curves.k,
        round(cluster_curves.silhouette, 4) as silhouette,
        round(cluster_curves.shuffled_silhouette, 4) as shuffled_silhouette,
        round(cluster_curves.wcss, 1) as wcss,
        round(cluster_curves.bootstrap_ari, 4) as bootstrap_ari,
        round(cluster_curves.smallest_share, 4) as smallest_share,
        cluster_curves.silhouette > cluster_curves.shuffled_silhouette
            and cluster_curves.bootstrap_ari >= 0.7
            and cluster_curves.smallest_share >= 0.05 as passes,
        cluster_curves.is_chosen,
        if(cluster_curves.is_chosen, cluster_curves.structure, null) as structure,
        cluster_curves.version as model_version,
        cluster_curves.trained_at

    from cluster_curves

    inner join serving
        on cluster_curves.version = serving.version

    order by cluster_curves.k

)

select * from curve_serving
