/*---
description: >-
  One row a cluster of songs that sound alike, by nine features: k-means over the songs that were
  streamed and have features, so songs count, not streams. A cluster keeps its number from one
  training to the next. Where structure is weak, as it mostly is, songs lie in one cloud, and clusters
  are cut out of it rather than found: see cluster_selection. Names and descriptions come from seed
  mood_states and tell of the music. Empty until clusters are trained.
columns:
  - name: cluster
    description: Number of the cluster; the largest one was 0 when clusters were trained first.
    data_tests: [unique, not_null]
  - name: member_count
    description: Songs of the cluster.
    data_tests:
      - not_null
      - range: { min: 1 }
  - name: avg_valence
    description: Mean valence over the songs, however often they were streamed.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_energy
    description: Mean energy.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_danceability
    description: Mean danceability.
  - name: avg_acousticness
    description: Mean acousticness.
  - name: avg_instrumentalness
    description: Mean instrumentalness.
  - name: valence_variability
    description: Standard deviation of valence over the songs; null for one song.
  - name: energy_variability
    description: Standard deviation of energy over the songs; null for one song.
  - name: mood_state_name
    description: Name of the cluster, unique; numbered where the names of the seed run out.
    data_tests: [unique, not_null]
  - name: cluster_description
    description: What such music sounds like.
    data_tests: [not_null]
  - name: structure
    description: >-
      clear or weak, the same in all rows: weak where cluster_selection says so, and where a cluster
      holds less than 5 % of today's songs.
    data_tests:
      - not_null
      - accepted_values: { values: [clear, weak] }
  - name: share
    description: Share of the clustered songs in per cent.
    data_tests: [not_null]
  - name: plays
    description: Streams of the songs.
    data_tests: [not_null]
  - name: model_version
    description: Version of mood_clustering.
    data_tests: [not_null]
---*/

with

clusters_described as (

    select *, 1e0 * member_count / sum(member_count) over () as share
    from {{ref 'clusters_described'}}

),

cluster_names as (

    select * from {{ref 'cluster_names'}}

),

cluster_selection as (

    select bool_or(structure = 'clear') as is_clear from {{ref 'cluster_selection'}}

),

clusters_judged as (

    select
        clusters_described.cluster,
        clusters_described.member_count,
        {{#each (list
            'avg_valence' 'avg_energy' 'avg_danceability' 'avg_acousticness' 'avg_instrumentalness'
            'valence_variability' 'energy_variability'
        ) as |column|}}
        round(clusters_described.{{column}}, 3) as {{column}},
        {{/each}}
        cluster_names.mood_state_name,
        cluster_names.cluster_description,
        if(
            cluster_selection.is_clear and min(clusters_described.share) over () >= 0.05,
            'clear',
            'weak'
        ) as structure,
        round(100e0 * clusters_described.share, 2) as share,
        clusters_described.plays,
        clusters_described.model_version

    from clusters_described

    inner join cluster_names
        on clusters_described.cluster = cluster_names.cluster

    cross join cluster_selection

    order by clusters_described.cluster

)

select * from clusters_judged
