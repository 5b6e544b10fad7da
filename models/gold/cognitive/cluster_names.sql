/*---
description: >-
  One row a cluster with its name, by nearness in valence and energy: the nearest pair of a cluster and
  a name first, each name once; when all names are taken they go round again, numbered.
materialized: table
columns:
  - name: cluster
    description: Number of the cluster.
    data_tests: [unique, not_null]
  - name: mood_state_name
    description: Its name.
    data_tests: [unique, not_null]
  - name: cluster_description
    description: What such music sounds like.
    data_tests: [not_null]
---*/

with recursive

clusters_described (cluster, avg_valence, avg_energy, clusters) as (

    select cluster, avg_valence, avg_energy, count(*) over () as clusters
    from {{ref 'clusters_described'}}

),

mood_states (label, name, description, valence, energy, names) as (

    select
        mood_state_label,
        mood_state_name,
        cluster_description,
        valence,
        energy,
        count(*) over ()

    from {{ref 'mood_states'}}

),

names_offered (cluster, name, description, round_number, offer, pair_rank) as (

    select
        clusters_described.cluster,
        mood_states.name,
        mood_states.description,
        rounds.round_number,
        mood_states.name || ' ' || cast(rounds.round_number as varchar),
        row_number() over (
            order by
                rounds.round_number,
                power(clusters_described.avg_valence - mood_states.valence, 2)
                    + power(clusters_described.avg_energy - mood_states.energy, 2),
                mood_states.label,
                clusters_described.cluster
        )

    from clusters_described

    cross join mood_states

    cross join unnest({{> number_series first='1' last='50'}}) as rounds (round_number)

    where rounds.round_number <= ceil(1e0 * clusters_described.clusters / mood_states.names)

),

pair_candidates (cluster, offer, pair_rank) as (

    select cluster, offer, pair_rank from names_offered

),

pairs_judged (cluster, offer, pair_rank, is_best) as (

    {{> closest_pairs candidates='pair_candidates' weak='cluster' strong='offer'}}

),

clusters_named (cluster, mood_state_name, cluster_description) as (

    select
        names_offered.cluster,
        if(names_offered.round_number = 1, names_offered.name, names_offered.offer),
        names_offered.description

    from names_offered

    inner join pairs_judged
        on names_offered.pair_rank = pairs_judged.pair_rank
        and pairs_judged.is_best

)

select * from clusters_named
