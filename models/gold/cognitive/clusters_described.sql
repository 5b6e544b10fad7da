/*---
description: One row a cluster of the songs that were streamed, with how its songs sound on average.
materialized: ephemeral
columns:
  - name: cluster
    description: Number of the cluster.
  - name: member_count
    description: Songs.
  - name: plays
    description: Streams of its songs.
  - name: avg_valence
    description: Mean valence over the songs.
  - name: avg_energy
    description: Mean energy.
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
  - name: model_version
    description: Version of mood_clustering.
---*/

with

song_clusters as (

    select * from {{ref 'song_clusters'}}

    where cluster is not null

),

songs_averaged as (

    select
        cluster,
        count(*) as member_count,
        cast(sum(plays) as bigint) as plays,
        {{#each (list
            'valence' 'energy' 'danceability' 'acousticness' 'instrumentalness'
        ) as |feature|}}
        {{> mean of=feature}} as avg_{{feature}},
        {{/each}}
        stddev_samp(valence) as valence_variability,
        stddev_samp(energy) as energy_variability,
        min_by(model_version, song_id) as model_version

    from song_clusters

    group by cluster

)

select * from songs_averaged
