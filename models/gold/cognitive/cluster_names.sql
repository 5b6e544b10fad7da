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

clusters_described as (

    select cluster, avg_valence, avg_energy, count(*) over () as clusters
    from {{ref 'clusters_described'}}

),

mood_states as (

    select *, count(*) over () as names from {{ref 'mood_states'}}

),

names_offered as (

    select
        clusters_described.cluster,
        mood_states.mood_state_name,
        mood_states.cluster_description,
        rounds.round_number,
        mood_states.mood_state_name || ' ' || rounds.round_number as offer,
        row_number() over (
            order by
                rounds.round_number,
                (clusters_described.avg_valence - mood_states.valence) ** 2
                    + (clusters_described.avg_energy - mood_states.energy) ** 2,
                mood_states.mood_state_label,
                clusters_described.cluster
        ) as pair_rank

    from clusters_described

    cross join mood_states

    cross join (select unnest(generate_series(1, 50)) as round_number) as rounds

    where rounds.round_number <= ceil(clusters_described.clusters / mood_states.names)

),

pair_candidates as (

    select cluster, offer, pair_rank from names_offered

),

pairs_judged as (

    {{> closest_pairs candidates='pair_candidates' weak='cluster' strong='offer'}}

),

clusters_named as (

    select
        names_offered.cluster,
        if(
            names_offered.round_number = 1,
            names_offered.mood_state_name,
            names_offered.offer
        ) as mood_state_name,
        names_offered.cluster_description

    from names_offered

    inner join pairs_judged
        on names_offered.pair_rank = pairs_judged.pair_rank
        and pairs_judged.is_best

)

select * from clusters_named
